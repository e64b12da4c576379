import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { localCredentials } from '@org/admin/local-gateway';

/** A client to look into a local DynamoDB's tables. */
export function dynamoDbClient(url: string): DynamoDBClient {
  return new DynamoDBClient({ endpoint: url, region: 'us-east-1', credentials: localCredentials });
}
