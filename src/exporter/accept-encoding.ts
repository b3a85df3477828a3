/**
 * Whether an Accept-Encoding header prefers gzip to a plain answer (RFC 9110, section 12.5.3). Without a wish for gzip,
 * or with a quality of 0, the answer is plain.
 */
export function prefersGzip(header: string): boolean {
  const qualities = new Map<string, number>();
  for (const part of header.split(',')) {
    const [name = '', ...parameters] = part.split(';').map((each) => each.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    const value = quality === undefined ? 1 : Number(quality);
    if (name !== '') qualities.set(name, Number.isNaN(value) ? 0 : value);
  }
  const gzip = qualities.get('gzip') ?? qualities.get('x-gzip') ?? qualities.get('*') ?? 0;
  return gzip > 0 && gzip >= (qualities.get('identity') ?? 0);
}
