/** The CRC-32 polynomial of gzip, bits reversed (RFC 1952, section 8). */
const POLYNOMIAL = 0xedb88320;

/** x^0, in the reversed order of bits. */
const ONE = 0x80000000;

/**
 * The CRC-32 of two texts one after the other, from their CRCs and the second one's operator, in constant time.
 * After zlib's `crc32_combine_op`.
 */
export function combineCrc32(first: number, second: number, operator: number): number {
  return (multiply(operator, first) ^ second) >>> 0;
}

/** The operator for a second text of this many bytes: x^(8 * length) modulo the polynomial. */
export function crc32Operator(length: number): number {
  let operator = ONE;
  // x^8, squared with each binary digit of the length.
  let power = ONE >>> 8;
  for (let rest = length; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) operator = multiply(power, operator);
    power = multiply(power, power);
  }
  return operator;
}

/** The product of two polynomials over GF(2), modulo the CRC's. */
function multiply(a: number, b: number): number {
  let product = 0;
  let factor = b;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((a & bit) !== 0) product ^= factor;
    factor = (factor & 1) === 1 ? (factor >>> 1) ^ POLYNOMIAL : factor >>> 1;
  }
  return product >>> 0;
}
