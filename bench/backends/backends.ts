import { join } from 'node:path';
import { startHelper } from '../../test/helper-process.ts';
import type { Followed, Instruction, StartedBedrock } from './bedrock-process.ts';

/** The servers that a measured function calls, each in its own process. */
export interface Backends {
  readonly bedrockUrl: string;
  /** The same Bedrock over HTTP/2. */
  readonly bedrockHttp2Url: string;
  readonly dynamodbUrl: string;
  /** Sets what Bedrock does next. */
  instruct(instruction: Instruction): Promise<Followed>;
  stop(): Promise<void>;
}

interface Started {
  readonly url: string;
}

export async function startBackends(): Promise<Backends> {
  const bedrock = await startHelper<StartedBedrock, Instruction, Followed>(
    join(import.meta.dirname, 'bedrock-process.ts'),
  );
  const dynamodb = await startDynamoDbProcess();
  return {
    bedrockUrl: bedrock.started.url,
    bedrockHttp2Url: bedrock.started.http2Url,
    dynamodbUrl: dynamodb.started.url,
    instruct: bedrock.ask,
    async stop() {
      await Promise.all([bedrock.stop(), dynamodb.stop()]);
    },
  };
}

export function startDynamoDbProcess() {
  return startHelper<Started>(join(import.meta.dirname, 'dynamodb-process.ts'));
}
