// Numbers and days as the alarms' page writes them.

// 12 · 3.1 · 1,234 · < 0.1
export function number(value) {
  if (value === null || value === undefined) return "–";
  if (value > 0 && value < 0.05) return "< 0.1"; // not 0: nothing is impossible
  const whole = value >= 100 || Math.abs(value - Math.round(value)) < 0.05;
  return value.toLocaleString("zh-CN", {
    minimumFractionDigits: whole ? 0 : 1,
    maximumFractionDigits: whole ? 0 : 1,
  });
}

// 0.013 · < 0.0001
export function chance(value) {
  if (value === null || value === undefined) return "–";
  return value < 0.0001 ? "< 0.0001" : String(Number(value.toPrecision(2)));
}

// 11月18日 · 11月12日至18日 · 2025年12月30日至2026年1月5日
export function days(first, last) {
  const [a, b] = [first, last].map((day) => day.split("-").map(Number));
  const year = a[0] === b[0] ? "" : `${a[0]}年`;
  const start = `${year}${a[1]}月${a[2]}日`;
  if (first === last) return start;
  if (year) return `${start}至${b[0]}年${b[1]}月${b[2]}日`;
  return a[1] === b[1] ? `${start}至${b[2]}日` : `${start}至${b[1]}月${b[2]}日`;
}

// 11-18
export const shortDay = (day) => day.slice(5);
