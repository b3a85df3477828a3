import { expect, it } from 'vitest';
import { collectError } from '../../src/core/collect-error.ts';
import { Machine } from './agent-under-test.ts';

it('counts as incomplete what the metric counts, also VMs of which only files were not read', async () => {
  const machine = new Machine();
  machine.scan = () => {
    const report = machine.reading([
      { name: 'FINE', checkpoints: [{ name: 'fine' }] },
      { name: 'FILES', checkpoints: [{ name: 'unmeasured', layerBytes: null }] },
      { name: 'UNLISTED', checkpoints: null },
      { name: 'BUSY', errors: [collectError('BUSY_SKIPPED')] },
    ]);
    return report;
  };
  const running = await machine.startAndScan();
  const incomplete = await running.metric('hyperv_checkpoint_vms_incomplete{hyperv_host="hv01"}');
  expect(incomplete).toBe(3);
  expect(machine.logged(' info scanned ')).toEqual([
    expect.stringContaining(`vms=4 checkpoints=2 incompleteVms=${incomplete}`),
  ]);
});
