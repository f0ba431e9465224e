/**
 * A number of parameters as listings show it, by Ollama's rule: `134.52M` (two decimals of a million), `1.2B` (one of a billion), whole
 * where nothing is left over, thousands without decimals.
 */
export function parameterText(count: number): string {
  if (count >= 1e9) return `${scaled(count, 1e9, 1)}B`;
  if (count >= 1e6) return `${scaled(count, 1e6, 2)}M`;
  if (count >= 1e3) return `${scaled(count, 1e3, 0)}K`;
  return String(count);
}

function scaled(count: number, unit: number, decimals: number): string {
  return count % unit === 0 ? String(count / unit) : roundHalfEven(count, unit, decimals);
}

/** `toFixed` rounds an exact half up, Go to the even neighbour: 1,250,000,000 is `1.2B`. Counts are whole, so a half shows exactly. */
function roundHalfEven(count: number, unit: number, decimals: number): string {
  const step = unit / 10 ** decimals;
  const below = Math.floor(count / step);
  const rest = count - below * step;
  const up = rest > step / 2 || (rest === step / 2 && below % 2 === 1);
  return ((up ? below + 1 : below) / 10 ** decimals).toFixed(decimals);
}
