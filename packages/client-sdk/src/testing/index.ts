export type { ErrorDetails as SentDetails } from '@org/contract';
export type { SentErrorCode } from '../errors/error-codes.ts';
export type { GivenAnswer } from './mock-answer.ts';
export { createMockClient, type MockClientOptions } from './mock-client.ts';
export { createMockProxy, type MockProxy, type MswHttp } from './mock-proxy.ts';
export type { ErrorOptions, MockCall } from './mock-reply.ts';
