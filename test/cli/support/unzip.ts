import { crc32, inflateRawSync } from 'node:zlib';

/** The files of an archive by its central directory, each checked. */
export function unzip(archive: Buffer): ReadonlyMap<string, Buffer> {
  const end = archive.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const many = archive.readUInt16LE(end + 10);
  let at = archive.readUInt32LE(end + 16);
  const files = new Map<string, Buffer>();
  for (let index = 0; index < many; index += 1) {
    const method = archive.readUInt16LE(at + 10);
    const packed = archive.readUInt32LE(at + 20);
    const nameLength = archive.readUInt16LE(at + 28);
    const local = archive.readUInt32LE(at + 42);
    const name = archive.toString('ascii', at + 46, at + 46 + nameLength);
    const begin = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const body = archive.subarray(begin, begin + packed);
    const data = method === 8 ? inflateRawSync(body) : Buffer.from(body);
    if (crc32(data) !== archive.readUInt32LE(at + 16)) throw new Error(`${name} is damaged`);
    if (data.length !== archive.readUInt32LE(at + 24)) throw new Error(`${name} has another length`);
    files.set(name, data);
    at += 46 + nameLength;
  }
  return files;
}
