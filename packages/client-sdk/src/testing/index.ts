export type { GivenAnswer } from './mock-answer.ts';
export { createMockClient, type MockClientOptions } from './mock-client.ts';
export { createMockProxy, type MockProxy, type MswHttp } from './mock-proxy.ts';
export type { ErrorOptions, MockCall, SentDetails, SentErrorCode } from './mock-reply.ts';
