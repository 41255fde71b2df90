// How measured times lie, and how they are written: milliseconds in, figures of a table out. Pure.

/** The value that the given share of all does not exceed; NaN when there is none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

export const median = (values: readonly number[]) => quantile(values, 0.5);

/** Three figures that matter, as a number; null for what was not measured. */
export function rounded(value: number | undefined): number | null {
  if (value === undefined || !Number.isFinite(value)) return null;
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.max(Math.abs(value), 1e-9))));
  return Number(value.toFixed(Math.min(digits, 3)));
}

export const mebibytes = (bytes: number | undefined) => rounded(bytes === undefined ? undefined : bytes / 1024 ** 2);
