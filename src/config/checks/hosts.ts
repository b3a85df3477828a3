import type { CheckContext } from '../check.ts';
import { type Complaint, fault, quoteValue } from '../problem.ts';

/** Names of this machine that every machine answers to. */
const LOCAL_NAMES: readonly string[] = ['localhost', '.', '127.0.0.1', '::1'];

/** Labels of letters, digits, hyphens and underscores (NetBIOS names may have them), 253 characters in all (RFC 1035). */
const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;

/** The hosts the agent is to watch, by the names their alerts carry. */
export function effectiveHosts(
  written: readonly string[] | null,
  thisMachine: readonly string[],
): readonly string[] {
  const own = (thisMachine[0] ?? 'localhost').toLowerCase();
  if (written === null) return [own];
  return written.map((name) => (LOCAL_NAMES.includes(name.toLowerCase()) ? own : name.toLowerCase()));
}

/** Whether it can be the name of a host at all: nothing else may come near a command. */
export function isHostName(name: string): boolean {
  return HOST_NAME.test(name);
}

/** Refuses names with `;`, `$(`, quotes, line breaks and whatever else no host is called. */
export function hostNamesAreNames({ written }: CheckContext): readonly Complaint[] {
  return (written.hosts ?? []).flatMap((name, index) =>
    isHostName(name) || LOCAL_NAMES.includes(name)
      ? []
      : [
          fault(
            ['hosts', index],
            `${quoteValue(name)} is not a host name; expected letters, digits, hyphens and dots, such as hv01 or hv01.example.com`,
          ),
        ],
  );
}

/** A host listed twice would be read twice; case does not tell hosts apart. */
export function hostsAreListedOnce({ written, world }: CheckContext): readonly Complaint[] {
  const names = written.hosts ?? [];
  const hosts = effectiveHosts(names, world.thisMachine).map((host) =>
    isOwn(host, world.thisMachine) ? '' : host,
  );
  return names.flatMap((name, index) => {
    const first = names[hosts.indexOf(hosts[index] ?? '')] ?? name;
    if (hosts.indexOf(hosts[index] ?? '') === index) return [];
    const message =
      first.toLowerCase() === name.toLowerCase()
        ? `${quoteValue(name)} is listed twice; upper and lower case are the same`
        : `${quoteValue(name)} and ${quoteValue(first)} are the same machine; keep one`;
    return [fault(['hosts', index], message)];
  });
}

/** Reading other hosts is still to come; silence about them would look like "no checkpoints". */
export function hostsAreThisMachine({ written, world }: CheckContext): readonly Complaint[] {
  return (written.hosts ?? []).flatMap((name, index) => {
    if (!isHostName(name) || LOCAL_NAMES.includes(name.toLowerCase())) return [];
    if (isOwn(name.toLowerCase(), world.thisMachine)) return [];
    const own = quoteValue(effectiveHosts(null, world.thisMachine)[0]);
    return [
      fault(
        ['hosts', index],
        `${quoteValue(name)} is another machine, and other machines cannot be watched yet; expected ${own}, which is also meant when hosts is left out`,
      ),
    ];
  });
}

function isOwn(host: string, thisMachine: readonly string[]): boolean {
  return thisMachine.some((name) => name.toLowerCase() === host);
}
