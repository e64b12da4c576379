export { synthesizeAccount } from './account-stack.ts';
export { type Synthesized, synthesize } from './synthesize.ts';
