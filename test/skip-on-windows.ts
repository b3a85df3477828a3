import { beforeEach, it } from 'vitest';

const isWindows = process.platform === 'win32';

/** Skips every test of a file on Windows, visibly. To be called at its top. @param why what of it Windows does not have */
export function skipOnWindows(why: string): void {
  beforeEach(({ skip }) => skip(isWindows, why));
}

/** A test of paths, rights or open files as they are elsewhere than on Windows, where it is skipped, visibly. */
export const itElsewhere = it.skipIf(isWindows);
