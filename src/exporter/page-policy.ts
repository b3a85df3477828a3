import { createHash } from 'node:crypto';
import { PAGE_STYLE } from '../core/render/page/style.ts';

const styleHash = createHash('sha256').update(PAGE_STYLE).digest('base64');

/** Nothing may be loaded or run; only the page's own style sheet, known by its hash, applies. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${styleHash}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
