import { expect, it } from 'vitest';

it('runs on Node 24 or newer, as in production', () => {
  expect(Number(process.versions.node.split('.')[0])).toBeGreaterThanOrEqual(24);
});
