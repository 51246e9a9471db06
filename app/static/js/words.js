// Times, shares and distances as people write them. All times are Asia/Shanghai.

const ZONE = "Asia/Shanghai";
const PARTS = new Intl.DateTimeFormat("en-CA", {
  timeZone: ZONE,
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

function parts(date) {
  return Object.fromEntries(PARTS.formatToParts(date).map((part) => [part.type, part.value]));
}

function dayNumber(part) {
  return Date.UTC(Number(part.year), Number(part.month) - 1, Number(part.day)) / 86_400_000;
}

// 今天 14:05 · 昨天 09:30 · 11月3日 · 2025年11月3日
export function timeWords(iso, now = new Date()) {
  const then = new Date(iso);
  if (Number.isNaN(then.getTime())) return "时间不详";
  const at = parts(then);
  const today = parts(now);
  const days = dayNumber(today) - dayNumber(at);
  const clock = `${at.hour}:${at.minute}`;
  if (days === 0) return `今天 ${clock}`;
  if (days === 1) return `昨天 ${clock}`;
  const day = `${Number(at.month)}月${Number(at.day)}日`;
  return at.year === today.year ? day : `${at.year}年${day}`;
}

// 2026年11月3日 14:05
export function fullTime(iso) {
  const then = new Date(iso);
  if (Number.isNaN(then.getTime())) return "时间不详";
  const at = parts(then);
  return `${at.year}年${Number(at.month)}月${Number(at.day)}日 ${at.hour}:${at.minute}`;
}

export function percent(share) {
  const value = share * 100;
  if (value > 0 && value < 1) return "不足 1%";
  if (value < 100 && value > 99) return "99%"; // never rounds an uncertain answer up to certainty
  return `${Math.round(value)}%`;
}

export function metres(value) {
  if (value === null || value === undefined) return "不详";
  if (value < 1) return "不足 1 米";
  return value < 1000 ? `${Math.round(value)} 米` : `${(value / 1000).toFixed(1)} 公里`;
}

// 20261122-000123 as people say it: the day and the number, without the year and the zeros.
export function caseTail(no) {
  const [day, number] = no.split("-");
  return number ? `${day.slice(-4)}-${number.replace(/^0+(?=\d)/, "")}` : no;
}
