/** Where an agent listens unless its configuration says otherwise. */
export const DEFAULT_URL = 'http://127.0.0.1:9753';

/** The address of a path below the agent's own; `null` when the text is no address. */
export function agentUrl(text: string, path: string): URL | null {
  const base = URL.parse(text.endsWith('/') ? text : `${text}/`);
  if (base === null || !['http:', 'https:'].includes(base.protocol)) return null;
  return URL.parse(path, base.href);
}
