/** A sum of file sizes. `bytes` is `null` when a part could not be measured; `atLeastBytes` is what is known. */
export interface ByteSum {
  readonly bytes: number | null;
  readonly atLeastBytes: number;
}

export const NO_BYTES: ByteSum = { bytes: 0, atLeastBytes: 0 };

/** Adds sizes up; one unknown (`null`) makes the sum unknown, and so does `complete: false`. */
export function sumBytes(sizes: Iterable<number | null>, complete = true): ByteSum {
  let known = 0;
  let all = complete;
  for (const size of sizes) {
    if (size === null) all = false;
    else known += size;
  }
  return { bytes: all ? known : null, atLeastBytes: known };
}

/** Adds sums up, with the same law. */
export function addSums(sums: Iterable<ByteSum>): ByteSum {
  let atLeastBytes = 0;
  let all = true;
  for (const sum of sums) {
    atLeastBytes += sum.atLeastBytes;
    if (sum.bytes === null) all = false;
  }
  return { bytes: all ? atLeastBytes : null, atLeastBytes };
}
