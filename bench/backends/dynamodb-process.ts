import { startDynamoDb } from '@org/local/dynamodb';

/** DynamoDB in a process of its own, so that it takes no time from what is measured. */
const { url } = await startDynamoDb();
process.on('disconnect', () => process.exit());
process.send?.({ url });
