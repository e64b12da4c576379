import {
  catalogue,
  locateModel,
  type ModelDefinition,
  type Price,
  priceOf,
  type Rates,
  serviceTiers,
} from '@org/models';
import { test } from 'vitest';
import { expectCommitted } from './committed.ts';
import { table } from './table.ts';

const models: readonly (readonly [string, ModelDefinition])[] = Object.entries(catalogue);

/** Two aliases of one model share a row. */
const rows = [...new Set(models.map(([, model]) => model))].map((model) => ({
  names: models.flatMap(([alias, other]) => (other === model ? `\`${alias}\`` : [])).join(', '),
  model,
}));

/** The models that answer, through Converse. */
const answering = rows.flatMap(({ names, model }) =>
  model.upstream === 'converse' ? [{ names, model }] : [],
);

const listed = (texts: readonly string[]) => (texts.length > 0 ? texts.join(', ') : '-');

const count = (tokens: number | undefined) => tokens?.toLocaleString('en-US') ?? '-';

type ConverseModel = Extract<ModelDefinition, { upstream: 'converse' }>;

function wordsOf({ capabilities, structuredOutput }: ConverseModel): string[] {
  // Each of the two gets a note if they do not go together.
  const together = capabilities.includes('temperatureWithTopP');
  const words = capabilities.flatMap((capability) => {
    if (capability === 'temperatureWithTopP') return [];
    if (capability === 'temperature' && !together) return 'temperature or topP';
    return capability === 'topP' && !together ? [] : capability;
  });
  return [listed(words), structuredOutput ?? 'no'];
}

function reasoningOf({ reasoning }: ConverseModel): string {
  if (!reasoning) return '-';
  const unasked = reasoning.efforts.map((effort) =>
    effort === reasoning.default ? `**${effort}**` : effort,
  );
  return `${unasked.join(', ')}${reasoning.history ? '; from its own thoughts, too' : ''}`;
}

function cacheOf({ cache }: ConverseModel): string {
  const { points } = cache ?? {};
  const asked = points
    ? [
        `up to ${points.most} points in ${listed(points.parts)} for ${points.ttls.join(' or ')}, ` +
          `from ${count(points.minimumTokens)} tokens${points.maximumTokens ? ` to ${count(points.maximumTokens)}` : ''}`,
      ]
    : [];
  return [...asked, ...(cache?.implicit ? ['by itself'] : [])].join('; ') || '-';
}

function lifecycleOf({ lifecycle }: ModelDefinition): string {
  switch (lifecycle.status) {
    case 'active':
      return 'active';
    case 'legacy':
      return `legacy, ends ${lifecycle.endOfLife}`;
    case 'end-of-life':
      return `ended ${lifecycle.since}`;
  }
}

const sourceOf = ({ source }: ModelDefinition) =>
  source ? `[model card](${source.url}), ${source.date}` : '-';

/** The Regions that a model can be called from: on demand, through their geography, and through a global profile. */
function regionsOf(model: ModelDefinition): { all: string[]; texts: string[] } {
  const { onDemandRegions = [], inferenceProfiles = {} } = model;
  const sources = Object.values(inferenceProfiles).flatMap((profile) => Object.keys(profile));
  const all = [...new Set([...onDemandRegions, ...sources])].sort();
  const onDemand: string[] = [];
  const worldwide: string[] = [];
  const geographic = new Map<string, string[]>();
  for (const region of all) {
    const location = locateModel(model, region);
    if (location?.through === 'model') {
      onDemand.push(region);
    } else if (location) {
      const prefix = location.modelId.slice(0, -model.modelId.length);
      geographic.set(prefix, [...(geographic.get(prefix) ?? []), region]);
    } else {
      worldwide.push(region);
    }
  }
  const profiles = [...geographic].map(([prefix, regions]) => `\`${prefix}\` from ${listed(regions)}`);
  return { all, texts: [listed(onDemand), profiles.join('; ') || '-', listed(worldwide)] };
}

function ratesOf({ input, output, cacheRead, cacheWrite, cacheWrite1h }: Rates): string[] {
  return [
    [input, output],
    [cacheRead ?? '-', cacheWrite ?? '-', cacheWrite1h ?? '-'],
  ].map((amounts) => amounts.join(' / '));
}

const tiersOf = ({ tiers = {} }: Price): string =>
  listed(
    serviceTiers.flatMap((tier) => {
      const rates = tiers[tier];
      return rates ? `${tier} ${rates.input} / ${rates.output}` : [];
    }),
  );

const pages = [
  ...new Set(rows.flatMap(({ model }) => model.price ?? []).flatMap(({ source }) => source ?? [])),
];

/** A row for each price, and one more for long input, with the Regions whose calls have this price. */
function pricesOf({ names, model }: (typeof rows)[number]): string[][] {
  const { all } = regionsOf(model);
  return (model.price ?? []).flatMap((price) => {
    const regions = all.filter((region) => priceOf(model, region) === price);
    if (regions.length === 0) return [];
    const { longContext, date, source } = price;
    const where = [listed(regions), source ? `[${date}][${pages.indexOf(source) + 1}]` : date];
    return [
      [names, ...ratesOf(price), tiersOf(price), ...where],
      ...(longContext
        ? [[`${names}, above ${count(longContext.above)} tokens`, ...ratesOf(longContext), '-', ...where]]
        : []),
    ];
  });
}

const unpriced = rows.flatMap(({ names, model }) => {
  const regions = regionsOf(model).all.filter((region) => !priceOf(model, region));
  return regions.length > 0 ? [`- ${names}: ${listed(regions)}`] : [];
});

const leftOut: readonly (readonly [models: string, reason: string])[] = [
  [
    'GPT-5.6 Sol, Terra and Luna',
    'clients take a name that begins with `gpt-5` for a model of the Responses API',
  ],
  ['GPT-5.5 and 5.4, Grok, Gemma 4', 'Converse does not serve them'],
  [
    'Gemma 3, DeepSeek R1, Claude Sonnet 4.5 and Opus 4.1, Llama 3.1, Qwen3 Coder 480B',
    'legacy, or about to be',
  ],
  ['Claude Opus 4.5 to 4.8, Claude Fable 5', 'a newer one of the same name costs as much or less'],
  ['Claude Mythos, the GPT models for security', 'only for customers that their makers approve'],
  [
    'DeepSeek V3.1, Kimi K2 Thinking, Magistral, Devstral, the smaller of Ministral, Qwen and Nemotron',
    'not read yet',
  ],
  ['MiniMax, GLM, Palmyra, Jamba', 'not read yet'],
  ['gpt-oss-safeguard', 'judges texts, and does not answer'],
  [
    'models for images, video and speech, rerankers, Nova and Marengo embeddings',
    'no door here speaks their bodies',
  ],
];

test('the document is what the catalogue says', async () => {
  const text = [
    '# Models',
    '',
    'The [catalogue](../packages/models/src/catalogue.ts) has the aliases that a deployment can offer by naming them in',
    '`models` of its config, and the facts on which validation, permissions, prices and `GET /models` are based.',
    '`docs-gen/models-document.test.ts` writes this page and fails if it is out of date (`UPDATE_DOCS=1` writes it again).',
    '',
    '## Names',
    '',
    "On every route, a request names a model by its alias. Bedrock's ids for the model work too, bare or of an inference",
    "profile (`amazon.nova-pro-v1:0`, `us.amazon.nova-pro-v1:0`), and for Claude also Anthropic's own ids, with and without",
    'the day of the snapshot (`claude-haiku-4-5-20251001`, `claude-haiku-4-5`). Another snapshot than the offered one is',
    'another model, and unknown. If your callers use other names, add them to `aliases` of the config:',
    '',
    '```',
    "aliases: { 'gpt-4o': 'nova-pro', 'openai/gpt-4o-mini': 'nova-lite' },",
    '```',
    '',
    'A name only selects a model: whichever name it uses, a key may only call the models of its plan. An alias of the',
    'config takes precedence over an id.',
    '',
    "The routes of this proxy's own API, and the log, report the alias that answered. `GET /v1/models` and the routes below",
    '`/v1` report the requested name, because their clients expect that.',
    '',
    '## What each can do',
    '',
    'Every model takes `question` and `maxTokens`. The table lists what else each takes; anything more is refused with',
    '`unsupported_feature`, before anything is billed. JSON by a schema (`outputSchema`) is enforced by Bedrock itself',
    '(native) or comes from a tool that the model is forced to call (tool).',
    '',
    '[Content](content.md) shows how to ask for each. A model for embeddings only turns texts into vectors.',
    '',
    ...table(
      [
        ...['alias', 'model id', 'takes', 'JSON by a schema', 'tokens of context', 'tokens of answer'],
        ...['lifecycle', 'read from'],
      ],
      answering.map(({ names, model }) => [
        names,
        `\`${model.modelId}\``,
        ...wordsOf(model),
        count(model.contextTokens),
        count(model.maxOutputTokens),
        lifecycleOf(model),
        sourceOf(model),
      ]),
    ),
    '',
    'A legacy model answers until its end date, but only for accounts that have used it lately; `config check` and doctor',
    'warn once the date has passed. A model that has ended, here or in your own definition, is refused at synthesis.',
    '`maxTokens` includes thinking, so leave room for it. No maximum for an answer is documented for Kimi K3, so it has',
    'that of Kimi K2.5.',
    '',
    '## Tools, thoughts, caches and tiers',
    '',
    '- tools: how a request can ask for tool calls: if the model chooses to (auto), at least one (required), or a certain',
    '  one (named). Claude cannot be forced to call a tool while it thinks.',
    '- thinks: the efforts that a request can ask for, with the default in bold. "From its own thoughts, too": the model',
    '  reads its thoughts of earlier turns.',
    '- caches: which parts of a prompt can be cached for the next request. "By itself": the model may also cache without',
    '  being asked.',
    '- tokens of an image: the most that an image is held with, if that is less than what fits.',
    '- counted: whether Bedrock can count the input before the call.',
    '- tiers: the service tiers other than the standard one.',
    '',
    ...table(
      ['alias', 'tools', 'thinks', 'caches', 'tokens of an image', 'counted', 'tiers'],
      answering.map(({ names, model }) => [
        names,
        listed(model.toolChoices ?? []),
        reasoningOf(model),
        cacheOf(model),
        model.capabilities.includes('images')
          ? model.imageTokens
            ? count(model.imageTokens)
            : 'what fits'
          : '-',
        model.countTokens ? 'yes' : '-',
        listed(model.serviceTiers ?? []),
      ]),
    ),
    '',
    '## Texts to vectors',
    '',
    ...table(
      ['alias', 'model id', 'body', 'numbers of a vector', 'tokens of a text', 'read from'],
      rows.flatMap(({ names, model }) =>
        model.upstream === 'embed'
          ? [
              [
                names,
                `\`${model.modelId}\``,
                model.format,
                model.dimensions ? listed(model.dimensions.map(String)) : 'its own',
                count(model.contextTokens),
                sourceOf(model),
              ],
            ]
          : [],
      ),
    ),
    '',
    '## What each costs',
    '',
    'USD per million tokens, on demand: for input and output, for input that is read from a cache, written to one, and',
    'written to one for an hour, and for input and output in the other service tiers. These are **estimates**, which others',
    "read in AWS's Price List, or from the named page and day; the bill decides. A price applies to calls from its Regions:",
    "on demand there, through their geography's profile, or, if there is none, through the global one, which for Claude,",
    'GPT and Kimi is a tenth cheaper. A dash means that no price was read: reading and writing a cache then costs as much',
    'as input, and an hour or a tier has no price ([what a price says](prices.md)). `prices` in the config replaces these',
    "prices everywhere, and `npx proxy prices` compares them with AWS's list of today. `npx proxy models --access` says which",
    'models the account may call.',
    '',
    ...table(
      ['alias', 'input / output', 'cache: read / write / 1 hour', 'tiers', 'called in', 'read'],
      rows.flatMap(pricesOf),
    ),
    '',
    ...pages.map((page, index) => `[${index + 1}]: ${page}`),
    '',
    'For these models and Regions no price was found, so a limit in USD needs one in the config:',
    '',
    ...unpriced,
    '',
    '## Where each is offered',
    '',
    'If the Region offers a model on demand, it is called there, else through the inference profile of its geography. The',
    'data stays in the Region, or in what AWS counts as the geography',
    '([why](decisions/0005-in-region-before-an-inference-profile.md)). With `globalInference: true` in the config, a model',
    'that has neither is called through a global profile: any commercial Region may then answer, and sees the prompt ([why',
    'it is not the default](decisions/0008-global-inference-is-opt-in.md)).',
    '',
    ...table(
      ['alias', 'on demand', 'through a profile', 'with `globalInference` also'],
      rows.map(({ names, model }) => [names, ...regionsOf(model).texts]),
    ),
    '',
    '## What is left out',
    '',
    ...table(['models', 'why'], leftOut),
    '',
    'Each can be defined in the config.',
    '',
    '## To add a model',
    '',
    '- **To one deployment**: write its definition into `models` of the config, in place of an alias. What a definition has',
    '  is in [model.ts](../packages/models/src/model.ts); an imported model is one whose `modelId` is its ARN. Of a model',
    '  that answers through a profile, such as `eu.amazon.nova-lite-v1:0`, `modelId` is what follows the prefix, and',
    '  `inferenceProfiles` has the prefix and the Regions.',
    '- **To the catalogue**: add it to its family in [packages/models/src/catalogue](../packages/models/src/catalogue),',
    '  with the Regions, capabilities and lifecycle of its model card, its prices by Region, and where and when they were',
    '  read. What is not known for certain stays out: a capability too many is an error of Bedrock, a price too low lets',
    '  a limit be passed. Then run the tests, with `UPDATE_DOCS=1` for this page.',
    '',
  ].join('\n');
  expectCommitted('docs/models.md', text);
});
