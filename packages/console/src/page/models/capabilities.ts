import type { AskCapability } from '@org/contract';

const words: Readonly<Record<AskCapability, string>> = {
  system: 'system',
  history: 'conversations',
  stop: 'stop',
  temperature: 'temperature',
  topP: 'top P',
  temperatureWithTopP: 'both at once',
  images: 'images',
  documents: 'documents',
  tools: 'tools',
  reasoning: 'reasoning',
  cache: 'cache',
  serviceTier: 'service tiers',
  outputSchema: 'structured output',
  stream: 'stream',
  embed: 'embeddings',
};

/** A newer version may have more, which are shown by their names. */
export function capabilityInWords(capability: string): string {
  return isKnown(capability) ? words[capability] : capability;
}

function isKnown(capability: string): capability is AskCapability {
  return Object.hasOwn(words, capability);
}
