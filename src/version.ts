import packageJson from '../package.json' with { type: 'json' };

/** Set by the build; a checkout has none. */
declare const BUILD_REVISION: string;

export const VERSION: string = packageJson.version;

/** The commit it was built from; empty when it runs from source. */
export const REVISION: string = typeof BUILD_REVISION === 'string' ? BUILD_REVISION : '';
