// Calendar days as ISO text (2026-11-02), their arithmetic and how people write them. A day here is
// a date of the wall calendar, so all of it is counted in UTC: no clock change can move it.

const DAY_MS = 86_400_000;

const number = (iso) => Date.parse(`${iso}T00:00:00Z`) / DAY_MS;
const iso = (days) => new Date(days * DAY_MS).toISOString().slice(0, 10);
const split = (day) => day.split("-").map(Number);

export function isDay(text) {
  return /^\d{4}-\d{2}-\d{2}$/.test(text ?? "") && !Number.isNaN(number(text)) && iso(number(text)) === text;
}

export const plus = (day, days) => iso(number(day) + days);
export const between = (from, to) => number(to) - number(from); // days, 0 for the same day
export const seconds = (day) => (number(day) * DAY_MS) / 1000; // for a chart's axis

export function today() {
  return new Intl.DateTimeFormat("en-CA", { timeZone: "Asia/Shanghai" }).format(new Date());
}

// The last day of the step that begins on `day`.
export function stepEnd(day, step) {
  if (step === "day") return day;
  if (step === "week") return plus(day, 6);
  const [year, month] = split(day);
  return iso(Date.UTC(year, month, 0) / DAY_MS);
}

// 2026年11月2日–8日 · 2026年11月30日–12月6日 · 2026年12月28日–2027年1月3日
export function spanWords(from, to) {
  const [year, month, day] = split(from);
  const [toYear, toMonth, toDay] = split(to);
  const start = `${year}年${month}月${day}日`;
  if (from === to) return start;
  if (year !== toYear) return `${start}–${toYear}年${toMonth}月${toDay}日`;
  return month === toMonth ? `${start}–${toDay}日` : `${start}–${toMonth}月${toDay}日`;
}

export function stepWords(day, step) {
  const [year, month] = split(day);
  return step === "month" ? `${year}年${month}月` : spanWords(day, stepEnd(day, step));
}

// Short, for an axis: 11月2日, with the year where it begins or changes.
export function axisWords(day, step, before) {
  const [year, month, date] = split(day);
  const own = step === "month" ? `${month}月` : `${month}-${date}`;
  return before && split(before)[0] === year ? own : `${own}\n${year}年`;
}

export const PRESETS = [
  ["7", "近7天"],
  ["30", "近30天"],
  ["90", "近90天"],
  ["month", "本月"],
  ["last", "上月"],
  ["year", "今年"],
  ["custom", "自定义"],
];

// What a preset means. The last so many days are complete ones: today is still running.
export function presetDays(key, now) {
  const [year, month] = split(now);
  if (/^\d+$/.test(key)) return { from: plus(now, -Number(key)), to: plus(now, -1) };
  if (key === "month") return { from: `${now.slice(0, 7)}-01`, to: now };
  if (key === "year") return { from: `${now.slice(0, 4)}-01-01`, to: now };
  if (key === "last") {
    const first = iso(Date.UTC(year, month - 2, 1) / DAY_MS);
    return { from: first, to: stepEnd(first, "month") };
  }
  return null;
}

export function presetOf(view, now) {
  const found = PRESETS.find(([key]) => {
    const days = presetDays(key, now);
    return days && days.from === view.from && days.to === view.to;
  });
  return found ? found[0] : "custom";
}

// The step in which a window has enough steps to see a course and not so many as to see only noise.
export function fittingStep(from, to) {
  const days = between(from, to) + 1;
  if (days <= 45) return "day";
  return days <= 400 ? "week" : "month";
}
