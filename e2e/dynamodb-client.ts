import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { localCredentials } from '@org/admin/local-gateway';

/** For looking into the tables of a local DynamoDB. */
export function dynamoDbClient(url: string): DynamoDBClient {
  return new DynamoDBClient({ endpoint: url, region: 'us-east-1', credentials: localCredentials });
}
