export type { GivenAnswer } from './mock-answer.ts';
export { createMockClient } from './mock-client.ts';
export { createMockProxy, type MockProxy, type MswHttp, type SentErrorCode } from './mock-proxy.ts';
export type { ErrorOptions, MockCall } from './mock-reply.ts';
