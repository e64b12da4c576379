import { longestCallMs } from '@org/contract';
import { partitionsOf } from '@org/table';
import { Duration, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { ProxyConfig } from '../../config/config.ts';
import type { LedgerTable } from '../ledger-table.ts';
import type { NoticeTopic } from '../notice-topic.ts';
import type { PromptBucket } from '../prompt-bucket.ts';
import { bedrockStatements } from './bedrock-access.ts';
import { configuredCode } from './configured-code.ts';
import { functionConfig } from './function-environment.ts';
import { guardrailStatements } from './guardrail-access.ts';
import type { PlanProfile } from './inference-profiles.ts';
import { LoggedFunction } from './logged-function.ts';

export interface ProxyFunctionProps {
  readonly config: ProxyConfig;
  readonly ledger: LedgerTable;
  /** Through which it calls models for a plan. */
  readonly profiles: readonly PlanProfile[];
  /** Undefined without `promptLog`. */
  readonly promptBucket: PromptBucket | undefined;
  /** Undefined without `notify`. */
  readonly notices: NoticeTopic | undefined;
  readonly environment: Record<string, string>;
  /** Directory of the built functions: `index.mjs` with the export `handler`. */
  readonly lambdaDirectory: string;
}

/**
 * The function behind every route, with a role that can write its own log, call the configured models, apply the plans'
 * guardrails, count in the table, send what the config asks for, and no more.
 */
export class ProxyFunction extends LoggedFunction {
  constructor(scope: Construct, id: string, props: ProxyFunctionProps) {
    const { config, ledger, profiles, promptBucket, notices, environment, lambdaDirectory } = props;
    const stack = Stack.of(scope);
    super(scope, id, {
      config,
      suffix: '',
      description: `Asks Bedrock for the teams of ${config.name}-${config.stage}`,
      code: configuredCode(lambdaDirectory, functionConfig(config), {
        exclude: ['authorizer', 'key-authorizer'],
      }),
      handler: 'index.handler',
      memorySize: config.memoryMb,
      // As long as API Gateway waits, and no longer: a later answer would reach no caller.
      timeout: Duration.millis(longestCallMs.stream),
      environment,
      statements: [
        ...bedrockStatements(config, stack, profiles),
        ...guardrailStatements(config, stack),
        // With sign-in, the table also has what only the authorizer may read.
        ...ledger.statements({ partitions: partitionsOf.proxy }),
        ...ledger.statements({ actions: ['dynamodb:GetItem'], partitions: partitionsOf.proxyReads }),
        ...(promptBucket?.statements() ?? []),
        ...(notices?.statements() ?? []),
      ],
      reservedConcurrentExecutions: config.concurrency,
    });
  }
}
