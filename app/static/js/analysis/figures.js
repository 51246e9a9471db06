// Numbers as people in China write them: 12,345 · 3.42 · +12.5% · 1.2 公里.

const whole = new Intl.NumberFormat("zh-CN", { maximumFractionDigits: 0 });

export function countWords(value) {
  return value === null || value === undefined ? "–" : whole.format(value);
}

// Three figures are what a rate of a few hundred cases bears.
export function rateWords(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return "–";
  if (value === 0 || Math.abs(value) >= 100) return whole.format(value);
  return value.toFixed(Math.abs(value) >= 10 ? 1 : 2);
}

export function shareWords(share) {
  if (share === null || share === undefined) return "–";
  const value = share * 100;
  if (value > 0 && value < 0.1) return "不足 0.1%";
  if (value < 100 && value > 99.9) return "99.9%"; // never rounded up to all
  return `${Number.isInteger(value) ? value : value.toFixed(1)}%`;
}

export function changeWords(now, before) {
  if (before === null || before === undefined || now === null || now === undefined) return "–";
  if (before === 0) return now === 0 ? "持平" : "原为 0";
  const share = (now - before) / before;
  if (share === 0) return "持平";
  return `${share > 0 ? "+" : "−"}${Math.abs(share * 100).toFixed(1)}%`;
}

export function signed(value) {
  if (value === null || value === undefined) return "–";
  if (value === 0) return "0";
  return `${value > 0 ? "+" : "−"}${rateWords(Math.abs(value))}`;
}

// p and q: small ones by their bound, because the last digits of a tiny p mean nothing.
export function chanceWords(value) {
  if (value === null || value === undefined) return "–";
  return value < 0.001 ? "< 0.001" : value.toFixed(3);
}

export const middle = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
