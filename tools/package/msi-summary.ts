/** Between 1601, from which Windows counts, and 1970. */
const EPOCH_SECONDS = 11_644_473_600n;
const TICKS_PER_SECOND = 10_000_000n;
const LPSTR = 0x1e;
const FILETIME = 0x40;
/** F29F85E0-4FF9-1068-AB91-08002B27B3D9 as it is stored: what a summary information begins with. */
const FORMAT_ID = Buffer.from('e0859ff2f94f6810ab9108002b27b3d9', 'hex');
const REVISION = 9;
const TIMES = [11, 12, 13];

/**
 * Puts a code and a time into the summary information of an MSI, in place: wixl makes up the one and takes the other from
 * the clock. Nothing else moves.
 * @param code 36 characters, without braces
 */
export function stampSummary(msi: Buffer, code: string, at: Date): void {
  const formatAt = msi.indexOf(FORMAT_ID);
  if (formatAt === -1 || msi.indexOf(FORMAT_ID, formatAt + 1) !== -1)
    throw new Error('not one summary information');
  // Format, then where its section begins, counted from 28 bytes before the format.
  const section = formatAt - 28 + msi.readUInt32LE(formatAt + FORMAT_ID.length);
  const count = msi.readUInt32LE(section + 4);
  const stamped = new Set<number>();
  for (let index = 0; index < count; index += 1) {
    const id = msi.readUInt32LE(section + 8 + 8 * index);
    const valueAt = section + msi.readUInt32LE(section + 12 + 8 * index);
    const type = msi.readUInt32LE(valueAt);
    if (id === REVISION && type === LPSTR && msi.readUInt32LE(valueAt + 4) === 39) {
      msi.write(`{${code}}`, valueAt + 8, 'latin1');
      stamped.add(id);
    }
    if (TIMES.includes(id) && type === FILETIME) {
      msi.writeBigUInt64LE(ticks(at), valueAt + 4);
      stamped.add(id);
    }
  }
  if (!stamped.has(REVISION)) throw new Error('this summary information has no package code');
}

function ticks(at: Date): bigint {
  return (BigInt(Math.floor(at.getTime() / 1000)) + EPOCH_SECONDS) * TICKS_PER_SECOND;
}
