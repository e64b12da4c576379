import type { Block, CachePointBlock, Call, ChatCall, Message, ToolResultBlock } from '@org/lambda/call/call';
import type { ChosenModel } from '@org/lambda/config';
import { anyCharacter, anyJson, oddText } from '@org/lambda/testing/fuzz';
import { type Capability, capabilitiesOf, leastReasoningTokens, type ModelDefinition } from '@org/models';
import fc from 'fast-check';
import { pdfOf, pngOf } from './files.ts';

type ConverseModel = Extract<ModelDefinition, { readonly upstream: 'converse' }>;
type Media = Extract<ToolResultBlock['content'][number], { readonly type: 'image' | 'document' }>;

/** Any Unicode that a model accepts as text. */
const text = fc
  .string({ unit: anyCharacter, minLength: 1, maxLength: 50 })
  .map((written) => `x${written.toWellFormed()}`);
const textBlock = text.map((written) => ({ type: 'text' as const, text: written }));
const bytes = fc.uint8Array({ maxLength: 300 });
const side = fc.integer({ min: 1, max: 8000 });
const image = fc
  .tuple(side, side, bytes)
  .map(
    ([width, height, more]): Media => ({ type: 'image', format: 'png', bytes: pngOf(width, height, more) }),
  );
const document = fc.oneof(
  fc
    .record({ pages: fc.nat(9), more: bytes, citations: fc.boolean() })
    .map(({ pages, more, citations }): Media => {
      return { type: 'document', format: 'pdf', name: 'a', bytes: pdfOf(pages, more), citations };
    }),
  fc.record({
    type: fc.constant('document' as const),
    format: fc.constantFrom('docx', 'xls', 'csv', 'md', 'html', 'txt'),
    name: fc.constant('a'),
    bytes,
  }),
);

const toolNames = ['weather', 'find-it', 'a_b'] as const;
const property = fc.oneof(
  fc.constantFrom({ type: 'string' }, { type: 'integer' }, { type: 'array', items: { type: 'boolean' } }),
  text.map((description) => ({ type: 'string', description })),
  fc.uniqueArray(text, { minLength: 1, maxLength: 3 }).map((values) => ({ enum: values })),
);
/** JSON Schemas of objects. */
const schema = fc
  .dictionary(fc.oneof(fc.constantFrom('a', 'b'), text), property, { maxKeys: 4 })
  .map((properties) => ({ type: 'object', properties, required: Object.keys(properties).slice(0, 1) }));
const tool = fc.record({
  type: fc.constant('tool' as const),
  name: fc.constantFrom(...toolNames),
  description: fc.option(text, { nil: undefined }),
  inputSchema: schema,
});
const input = fc.dictionary(oddText, anyJson, { maxKeys: 4 });

/** A user's turn and the model's reply: some text, and tool calls, which the next turn answers. */
interface Exchange {
  readonly asked: readonly Block[];
  readonly said: readonly Block[];
  readonly calls: readonly {
    readonly name: string;
    readonly input: ToolInput;
    readonly result: Pick<ToolResultBlock, 'content' | 'isError'>;
  }[];
}
type ToolInput = Extract<Block, { readonly type: 'tool_use' }>['input'];

/** Calls of every kind that a model takes, with everything that they can contain. */
export function callsTo({
  definition,
  price,
}: Pick<ChosenModel, 'definition' | 'price'>): fc.Arbitrary<Call> {
  switch (definition.upstream) {
    case 'converse':
      return conversations(definition, price);
    case 'embed':
      return fc.record({
        kind: fc.constant('embed' as const),
        inputs: fc.array(text, { minLength: 1, maxLength: 100 }),
        dimensions: optional(definition.dimensions ?? []),
        purpose: optional(['document', 'query'] as const),
      });
    case 'invoke':
      throw new Error('No model of the catalogue has its own body for conversations.');
  }
}

/** One of these, or undefined. */
function optional<Value>(values: readonly Value[]): fc.Arbitrary<Value | undefined> {
  return fc.constantFrom(undefined, ...values);
}

/** A value if the model has a capability, or undefined. */
function where<Value>(has: boolean, values: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return has ? fc.option(values, { nil: undefined }) : fc.constant(undefined);
}

/** Thoughts in earlier turns. A model that signs its thoughts refuses unsigned ones. */
function thoughtsOf({ reasoning }: ConverseModel): fc.Arbitrary<Block>[] {
  const thought = { type: fc.constant('reasoning' as const), text };
  return reasoning?.history
    ? [fc.record(thought)]
    : [
        fc.record({ ...thought, signature: optional(['signature']) }),
        fc.record({ type: fc.constant('redacted_reasoning' as const), bytes }),
      ];
}

function conversations(model: ConverseModel, price: ChosenModel['price']): fc.Arbitrary<ChatCall> {
  const capabilities = new Set<Capability>(capabilitiesOf(model));
  const can = (capability: Capability) => capabilities.has(capability);
  const media = fc.oneof(
    ...(can('images') ? [image] : []),
    ...(can('documents') ? [document] : []),
    textBlock,
  );
  const content = fc.array(
    fc.oneof(textBlock, media, fc.record({ type: fc.constant('json' as const), json: anyJson })),
    {
      maxLength: 3,
    },
  );
  const exchange: fc.Arbitrary<Exchange> = fc.record({
    asked: fc.tuple(textBlock, fc.array(media, { maxLength: 3 })).map(([asked, more]) => [asked, ...more]),
    said: fc
      .tuple(fc.oneof(...thoughtsOf(model), fc.constant(undefined)), textBlock)
      .map((blocks) => blocks.flatMap((block) => block ?? [])),
    calls: fc.array(
      fc.record({
        name: fc.constantFrom(...toolNames),
        input,
        result: fc.record({ content, isError: optional([true, false]) }),
      }),
      { maxLength: can('tools') ? 3 : 0 },
    ),
  });
  return fc
    .record({
      exchanges: fc.array(exchange, { maxLength: can('history') ? 3 : 0 }),
      // The simulated Bedrock calls the tools whose names come last.
      asked: fc
        .tuple(exchange, fc.subarray([...toolNames]))
        .map(([{ asked }, named]): Block[] => [...asked, { type: 'text', text: `Use: ${named.join(' ')}` }]),
      /** Whether the last turn has only results, if there are any. */
      goesOn: fc.boolean(),
      system: where(can('system'), fc.array(textBlock, { minLength: 1, maxLength: 2 })),
      tools: where(
        can('tools'),
        fc.uniqueArray(tool, { minLength: 1, maxLength: 3, selector: ({ name }) => name }),
      ),
      toolChoice: optional(['auto', 'required', 'named', 'none'] as const),
      reasoning: optional(model.reasoning?.efforts ?? []),
      maxTokens: fc.integer({ min: 1, max: 400 }),
      temperature: where(can('temperature'), fc.double({ min: 0, max: 1, noNaN: true })),
      topP: where(can('topP'), fc.double({ min: 0, max: 1, noNaN: true })),
      stop: where(can('stop'), fc.array(text, { maxLength: 4 })),
      outputSchema: where(can('outputSchema'), schema),
      cache: optional(model.cache?.points?.ttls ?? []),
      /** Whether the caller sets the cache points. */
      ownPoints: fc.boolean(),
      serviceTier: optional((model.serviceTiers ?? []).filter((tier) => price?.tiers?.[tier])),
    })
    .map((drawn): ChatCall => {
      const { exchanges, asked, goesOn, tools, toolChoice: choice, cache, ownPoints, ...rest } = drawn;
      const thinks = (rest.reasoning ?? model.reasoning?.default ?? 'off') !== 'off';
      const excludes = (what: 'forcedTools' | 'temperature' | 'topP') =>
        thinks && model.reasoning?.excludes.includes(what) === true;
      const byTool = model.structuredOutput === 'tool';
      const outputSchema = byTool && (tools || excludes('forcedTools')) ? undefined : rest.outputSchema;
      const isForced = choice === 'required' || choice === 'named';
      const isChoice =
        choice === 'none' ||
        (choice !== undefined &&
          model.toolChoices?.includes(choice) &&
          !(isForced && excludes('forcedTools')));
      // In this mode, Claude begins a turn with a thought, which only it can sign.
      const alone = goesOn && !(thinks && model.reasoning?.form === 'claude-budget');
      const temperature = excludes('temperature') ? undefined : rest.temperature;
      const point: CachePointBlock[] = cache && ownPoints ? [{ type: 'cache_point', ttl: cache }] : [];
      const pointIn = (part: 'tools' | 'system' | 'messages') =>
        model.cache?.points?.parts.includes(part) ? point : [];
      return {
        kind: 'chat',
        ...rest,
        messages: messagesOf(exchanges, asked, alone).map((message, index) =>
          index === 0 ? { ...message, blocks: [...message.blocks, ...pointIn('messages')] } : message,
        ),
        system: rest.system && [...rest.system, ...pointIn('system')],
        tools: tools && [...tools, ...pointIn('tools')],
        toolChoice:
          tools && isChoice ? (choice === 'named' ? { name: tools[0]?.name ?? '' } : choice) : undefined,
        maxTokens:
          rest.maxTokens + (thinks && model.reasoning?.form === 'claude-budget' ? leastReasoningTokens : 0),
        temperature,
        topP:
          excludes('topP') || (temperature !== undefined && !can('temperatureWithTopP'))
            ? undefined
            : rest.topP,
        outputSchema,
        cache: ownPoints ? undefined : cache,
      };
    });
}

/** With an id for each tool call, and a unique name for each document. */
function messagesOf(exchanges: readonly Exchange[], asked: readonly Block[], goesOn: boolean): Message[] {
  let documents = 0;
  const named = <Piece extends { readonly type: string }>(block: Piece): Piece => {
    documents += 1;
    return block.type === 'document' ? { ...block, name: `Document ${documents}` } : block;
  };
  const ids = (index: number) => (_call: unknown, call: number) => `call-${index}-${call}`;
  const resultsOf = (index: number) => {
    const { calls = [] } = exchanges[index] ?? {};
    const idOf = ids(index);
    // In the order in which the tools happen to return.
    return calls
      .map(
        ({ result }, call): Block => ({
          type: 'tool_result',
          id: idOf(result, call),
          ...result,
          content: result.content.map(named),
        }),
      )
      .toReversed();
  };
  const earlier = exchanges.flatMap(({ asked: question, said, calls }, index): Message[] => [
    { role: 'user', blocks: [...resultsOf(index - 1), ...question.map(named)] },
    {
      role: 'assistant',
      blocks: [
        ...said,
        ...calls.map(
          ({ name, input: given }, call): Block => ({
            type: 'tool_use',
            id: ids(index)(name, call),
            name,
            input: given,
          }),
        ),
      ],
    },
  ]);
  const results = resultsOf(exchanges.length - 1);
  const last = results.length > 0 && goesOn ? [] : asked.map(named);
  return [...earlier, { role: 'user', blocks: [...results, ...last] }];
}
