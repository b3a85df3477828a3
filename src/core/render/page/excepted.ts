import { type Covering, coverings } from '../../covering.ts';
import { utcOffsetOf } from '../../inventory.ts';
import { exceptedThings, reasons, type Trouble } from '../../trouble.ts';
import { type AgentView, nameSuffixes } from '../../view.ts';
import { type Html, html } from '../html.ts';
import { plainText } from '../plain-text.ts';
import { untilText } from '../why-text.ts';

const MAX_ROWS = 500;

/** What exceptions cover, until when and why: it raises nothing, and is not hidden. `null` when there is none. */
export function exceptedSection(view: AgentView): Html | null {
  const rows = exceptedThings(view.findings).flatMap((thing) =>
    coverings(thing.findings).map((covering) => ({ thing, covering })),
  );
  if (rows.length === 0) return null;
  const offsets = new Map(view.inventory.hosts.map((host) => [host.host, utcOffsetOf(host)]));
  const suffixOf = nameSuffixes(view.inventory);
  return html`<section>
<h2 id="excepted">Excepted</h2>
<p class="dim">Somebody has decided to live with these. They raise nothing until their day, and come back by themselves.</p>
<div class="scroll"><table class="stacked" aria-labelledby="excepted">
<thead><tr><th scope="col">VM</th><th scope="col">Host</th><th scope="col">Checkpoint</th><th scope="col">What</th><th scope="col">Until</th><th scope="col">Reason</th><th scope="col">Owner</th></tr></thead>
<tbody>
${rows.slice(0, MAX_ROWS).map(({ thing, covering }) =>
  row(thing, covering, {
    suffix: thing.vm === null ? '' : suffixOf(thing.vm),
    utcOffsetMin: offsets.get(thing.host) ?? null,
  }),
)}</tbody>
</table></div>
${rows.length > MAX_ROWS ? html`<p>… and ${rows.length - MAX_ROWS} more in <a href="/api/v1/findings">the API</a>.</p>` : null}</section>
`;
}

interface Place {
  readonly suffix: string;
  readonly utcOffsetMin: number | null;
}

function row({ vm, host, checkpoint }: Trouble, covering: Covering, { suffix, utcOffsetMin }: Place): Html {
  const { exception, owner, findings } = covering;
  const name = vm === null ? '–' : `${plainText(vm.name)}${suffix}`;
  const about = checkpoint === null ? '(whole VM)' : `${plainText(checkpoint.name)} (${checkpoint.kind})`;
  return html`<tr><td>${name}</td><td>${plainText(host)}</td><td>${about}</td><td>${plainText(reasons(findings), 500)}</td><td class="number" data-label="until">${untilText(exception.untilAt, utcOffsetMin)}</td><td>${plainText(exception.reason, 500)}</td><td data-label="owner">${owner === null ? '–' : plainText(owner, 64)}</td></tr>\n`;
}
