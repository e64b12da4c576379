import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { localCredentials } from '@org/admin/local-gateway';
import { type AskEvent, ask } from '@org/lambda/call/ask';
import type { Block, Call, ChatCall, Message, ToolResultBlock } from '@org/lambda/call/call';
import { deadlineBefore } from '@org/lambda/call/deadline';
import { type Reply, ReplyFold } from '@org/lambda/call/reply';
import type { Caller, ChosenModel } from '@org/lambda/config';
import { CounterTable } from '@org/lambda/ledger/counter-table';
import { createLedger } from '@org/lambda/ledger/ledger';
import { ProxyError } from '@org/lambda/proxy-error';
import { createUpstream } from '@org/lambda/upstream';
import { startBedrock } from '@org/local/bedrock';
import { startTestTable, tableName } from '@org/table/testing/test-table';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { onTestFinished } from 'vitest';

const at = Date.parse('2026-11-22T12:00:00Z');
const never = new AbortController().signal;

/**
 * The middle of the function with all its backends, and without an API in front; stopped when the test is over.
 */
export async function startMiddle(chosen: readonly ChosenModel[]) {
  const bedrock = await startBedrock({ models: chosen.map(({ definition }) => definition) });
  const table = await startTestTable();
  const client = new BedrockRuntimeClient({
    ...{ endpoint: bedrock.url, region: 'us-east-1', credentials: localCredentials, maxAttempts: 1 },
    requestHandler: new NodeHttpHandler(),
  });
  onTestFinished(async () => {
    client.destroy();
    table.close();
    await bedrock.close();
  });
  const ledger = createLedger(new CounterTable({ client: table.client, table: tableName }), 'UTC');
  const models = new Map(chosen.map((model) => [model.alias, model]));
  const scopes = [{ kind: 'team' as const, id: 'acme', limits: { tokens: { month: 100_000_000 } } }];
  const caller: Caller = {
    ...{ keyId: 'key', team: 'acme', plan: 'all', models: [...models.keys()], scopes },
    ...{ maxTokens: undefined, clampMaxTokens: false, guardrail: undefined },
    inferenceProfiles: new Map(),
  };
  const config = {
    ...{ models, keys: new Map(), plans: new Map(), teams: new Map(), metrics: 'm', corsOrigins: [] },
    ...{ aliases: new Map(), foreignNames: new Map(), timeZone: 'UTC', warnAt: [] },
    table: tableName,
  };
  const upstream = createUpstream({ client, sleep: async () => {}, random: () => 0 });

  const begin = (alias: string, call: Call, whole: boolean) => {
    const deadline = deadlineBefore(() => 60_000);
    onTestFinished(() => deadline[Symbol.dispose]());
    return ask({ alias, call, whole }, { caller, config, ledger, upstream, deadline, at });
  };
  return {
    bedrock,
    begin,
    /** The team's charged and held tokens. */
    async used() {
      const { limits } = await ledger.usage(scopes, at, never);
      return limits[0]?.used;
    },
    /** Everything that an answered call yields, and the last body sent to Bedrock for it. */
    async askFor(alias: string, call: Call, whole: boolean) {
      const fold = new ReplyFold();
      const events: AskEvent[] = [];
      try {
        for await (const event of begin(alias, call, whole)) {
          events.push(event);
          if (isReply(event)) fold.add(event);
        }
      } catch (error) {
        // The call was settled like any other, before its answer failed the schema.
        if (!(error instanceof ProxyError && error.hasCode('invalid_output'))) throw error;
      }
      return {
        events,
        reply: fold.reply,
        settled: settledOf(events),
        sent: JSON.parse(bedrock.received.at(-1)?.text ?? ''),
      };
    },
  };
}

const own = new Set(['chosen', 'admitted', 'replied', 'settled', 'finished']);

function isReply(event: AskEvent): event is Parameters<ReplyFold['add']>[0] {
  return !own.has(event.type);
}

function settledOf(events: readonly AskEvent[]) {
  const settled = events.find((event) => event.type === 'settled');
  if (settled?.type !== 'settled') throw new Error('The call was not settled.');
  return settled.settled;
}

/** A conversation's next call after the model called tools. */
export function goOn(call: ChatCall, { blocks }: Reply, content: ToolResultBlock['content']): ChatCall {
  const results = blocks.flatMap((block): Block[] =>
    block.type === 'tool_use' ? [{ type: 'tool_result', id: block.id, content, isError: false }] : [],
  );
  const turns: Message[] = [
    { role: 'assistant', blocks },
    { role: 'user', blocks: results },
  ];
  return { ...call, messages: [...call.messages, ...turns] };
}
