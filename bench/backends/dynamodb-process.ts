import { startDynamoDb } from '@org/local/dynamodb';

/** DynamoDB in its own process, so that it does not slow down what is measured. */
const { url } = await startDynamoDb();
process.on('disconnect', () => process.exit());
process.send?.({ url });
