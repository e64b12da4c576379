export { createTables } from './create-tables.ts';
export type { Fault } from './fault.ts';
export { type LocalDynamoDb, type ReceivedRequest, startDynamoDb } from './server.ts';
