import type { Route } from '@org/contract';
import { longestCallMs } from '@org/lambda/environment';
import { Duration, Stack } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { ProxyConfig } from '../../config/config.ts';
import type { LedgerTable } from '../ledger-table.ts';
import { bedrockStatements } from './bedrock-access.ts';
import { guardrailStatements } from './guardrail-access.ts';
import { LoggedFunction } from './logged-function.ts';

/** What differs between the function that answers whole and the one that streams. */
const modes = {
  buffered: { handler: 'index.handler', action: 'bedrock:InvokeModel', suffix: '' },
  stream: {
    handler: 'index.streamHandler',
    action: 'bedrock:InvokeModelWithResponseStream',
    suffix: '-stream',
  },
} as const;

export interface ProxyFunctionProps {
  readonly config: ProxyConfig;
  readonly ledger: LedgerTable;
  readonly environment: Record<string, string>;
  /** Directory of the built functions: `index.mjs` with the exports `handler` and `streamHandler`. */
  readonly lambdaDirectory: string;
  /** How it answers. API Gateway wants another format of a function that streams, so each answers in one way only. */
  readonly transfer: Route['transfer'];
}

/**
 * The function behind the routes of one kind, with a role that can write its own log, call the configured models in
 * its own way, apply the plans' guardrails, count in the table, and no more.
 */
export class ProxyFunction extends LoggedFunction {
  constructor(scope: Construct, id: string, props: ProxyFunctionProps) {
    const { config, ledger, environment, lambdaDirectory, transfer } = props;
    const { handler, action, suffix } = modes[transfer];
    const stack = Stack.of(scope);
    super(scope, id, {
      config,
      suffix,
      description: `Asks Bedrock for the teams of ${config.name}-${config.stage}: ${transfer} answers`,
      code: Code.fromAsset(lambdaDirectory, { exclude: ['authorizer'] }),
      handler,
      memorySize: 1024,
      // As long as API Gateway waits, and no longer: nobody would hear what it still says.
      timeout: Duration.millis(longestCallMs[transfer]),
      environment,
      statements: [
        ...bedrockStatements(config, action, stack),
        ...guardrailStatements(config, stack),
        // Beside counters and keys, the table then has what only the authorizer may read.
        ledger.statement(config.signIn ? { prefixes: ['team#', 'key#'] } : {}),
      ],
      reservedConcurrentExecutions: config.concurrency?.[transfer],
    });
  }
}
