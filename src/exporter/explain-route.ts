import { EXPLAIN_CODE_HEADER, explain, MAX_WHAT_LENGTH } from '../core/render/explain/explain.ts';
import type { AgentView } from '../core/view.ts';
import { type Answer, textAnswer } from './answer.ts';
import { sha256 } from './sha256.ts';

/** Text for people, with the exit code of the `explain` command. `view` is `null` before the first scan has ended. */
export function explainAnswer(view: AgentView | null, query: URLSearchParams): Answer {
  const [what, ...more] = query.getAll('what');
  if (what === undefined || what.trim() === '' || more.length > 0) {
    return answer(400, 'Ask with what=NAME, once: a VM, a checkpoint, or the id of a finding.\n');
  }
  if (what.length > MAX_WHAT_LENGTH) {
    return answer(400, `No name has more than ${MAX_WHAT_LENGTH} characters.\n`);
  }
  if (view === null) return answer(503, 'Nothing can be explained: the first scan has not ended yet.\n');
  const { isFound, text } = explain(view, what, sha256);
  return answer(isFound ? 200 : 404, text);
}

function answer(status: number, text: string): Answer {
  return textAnswer(status, text, { [EXPLAIN_CODE_HEADER]: status === 200 ? '0' : '1' });
}
