import { fileIndex } from '../../fold.ts';
import { vmFacts } from '../../policy/vm-facts.ts';
import { type AgentView, nameSuffixes, vmRows } from '../../view.ts';
import { hostLines, type Replay, summaryLine } from './table.ts';
import { vmTree } from './vm-tree.ts';

/** Hosts and how they were read, a tree for each VM that has anything to show, and last what was not looked at. */
export function scanTrees(view: AgentView, replay: Replay): string {
  const suffixOf = nameSuffixes(view.inventory);
  const trees = vmRows(view)
    .filter(
      ({ view: { vm, chain }, findings }) =>
        vm.checkpoints === null ||
        vm.checkpoints.length > 0 ||
        chain.unattributedFiles.length > 0 ||
        findings.length > 0,
    )
    .flatMap((row) =>
      row.host.reading === null
        ? []
        : [
            vmTree(row, fileIndex(row.host.reading), view.now, {
              suffix: suffixOf(row.vm),
              ...vmFacts(row.vm, view),
            }),
          ],
    );
  const isRead = view.inventory.hosts.some(({ reading }) => reading !== null);
  const nothing = isRead ? ['No VM has checkpoints or AVHDX: there is no tree to draw.\n'] : [];
  return [
    `${hostLines(view, replay).join('\n')}\n`,
    ...(trees.length === 0 ? nothing : trees),
    `${summaryLine(view)}\n`,
  ].join('\n');
}
