export { synthesizeAccount } from './account-stack.ts';
export { BedrockProxy, type BedrockProxyProps } from './bedrock-proxy.ts';
export { type Synthesized, synthesize } from './synthesize.ts';
