import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { bundleAgent, bundleServiceHost } from './bundle.ts';

/** The commit of the checkout, or nothing outside of one. */
function revision(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  } catch {
    return '';
  }
}

rmSync('dist', { recursive: true, force: true });
await bundleAgent('dist', revision());
await bundleServiceHost('dist');
