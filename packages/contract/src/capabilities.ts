/** Fields of a request that not every model takes, `topP` beside `temperature`, and being asked for a stream. */
export const askCapabilities = [
  'system',
  'history',
  'stop',
  'temperature',
  'topP',
  'temperatureWithTopP',
  'outputSchema',
  'stream',
] as const;

export type AskCapability = (typeof askCapabilities)[number];
