import { coverageGaps, gapAdvice, gapText, overdueHosts } from '../../coverage.ts';
import type { AgentView } from '../../view.ts';
import { type Html, html } from '../html.ts';
import { plainText } from '../plain-text.ts';

const MAX_ITEMS = 200;

interface Unseen {
  readonly text: string;
  readonly advice: readonly string[];
  /** Whether trouble could hide there. */
  readonly isBlind: boolean;
}

/** What was not looked at, hosts first, also for nobody having tried for too long. */
export function unseenThings(view: AgentView): readonly Unseen[] {
  const gaps = coverageGaps(view).map((gap) => ({
    text: gapText(gap, view.now),
    advice: gapAdvice(gap),
    isBlind: gap.isBlind,
  }));
  const overdue = overdueHosts(view).map(({ text }) => ({ text, advice: [], isBlind: true }));
  return [...overdue, ...gaps];
}

/** The section that says what was not looked at, and what to do about it. */
export function unseenSection(view: AgentView): Html {
  const things = unseenThings(view);
  if (things.length === 0)
    return html`<section>
<h2 id="unseen">Not looked at</h2>
<p>Everything was looked at.</p>
</section>`;
  return html`<section class="unseen">
<h2 id="unseen">Not looked at</h2>
<ul>
${things.slice(0, MAX_ITEMS).map(item)}</ul>
${things.length > MAX_ITEMS ? html`<p>… and ${things.length - MAX_ITEMS} more</p>` : null}</section>`;
}

function item({ text, advice }: Unseen): Html {
  const hint =
    advice.length === 0 ? null : html`. <span class="dim">${plainText(advice.join(' '), 500)}</span>`;
  return html`<li>${plainText(text, 500)}${hint}</li>\n`;
}
