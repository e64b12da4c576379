import { catalogue, locateModel, type ModelDefinition } from '@org/models';
import { test } from 'vitest';
import { expectCommitted } from './committed.ts';
import { table } from './table.ts';

const models: readonly (readonly [string, ModelDefinition])[] = Object.entries(catalogue);

/** Two aliases of one model share a row. */
const rows = [...new Set(models.map(([, model]) => model))].map((model) => ({
  names: models.flatMap(([alias, other]) => (other === model ? `\`${alias}\`` : [])).join(', '),
  model,
}));

const listed = (texts: readonly string[]) => (texts.length > 0 ? texts.join(', ') : '-');

const count = (tokens: number | undefined) => tokens?.toLocaleString('en-US') ?? '-';

function capabilitiesOf(model: ModelDefinition): string[] {
  if (model.upstream !== 'converse') return ['-', '-'];
  const { capabilities, structuredOutput } = model;
  // Said of each of the two alone where they do not go together.
  const together = capabilities.includes('temperatureWithTopP');
  const words = capabilities.flatMap((capability) => {
    if (capability === 'temperatureWithTopP') return [];
    if (capability === 'temperature' && !together) return 'temperature or topP';
    return capability === 'topP' && !together ? [] : capability;
  });
  return [listed(words), structuredOutput ?? 'no'];
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

const priceOf = ({ price }: ModelDefinition) =>
  price
    ? [`${price.input} / ${price.output}`, price.regions ? listed(price.regions) : 'every Region', price.date]
    : ['-', '-', '-'];

const sourceOf = ({ source }: ModelDefinition) =>
  source ? `[model card](${source.url}), ${source.date}` : '-';

/** The Regions that a model can be called from: on demand, through their geography, and through a global profile. */
function regionsOf(model: ModelDefinition): string[] {
  const { onDemandRegions = [], inferenceProfiles = {} } = model;
  const sources = Object.values(inferenceProfiles).flatMap((profile) => Object.keys(profile));
  const onDemand: string[] = [];
  const worldwide: string[] = [];
  const geographic = new Map<string, string[]>();
  for (const region of [...new Set([...onDemandRegions, ...sources])].sort()) {
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
  return [listed(onDemand), profiles.join('; ') || '-', listed(worldwide)];
}

test('the document is what the catalogue says', async () => {
  const text = [
    '# Models',
    '',
    'What the [catalogue](../packages/models/src/catalogue.ts) knows: aliases that a deployment can offer by naming them',
    'in `models` of its config, and facts that validation, permissions, prices and `GET /models` follow. This page is',
    'written by `docs-gen/models-document.test.ts`, which fails where it is not true (`UPDATE_DOCS=1` writes it',
    'again).',
    '',
    '## What each can do',
    '',
    'Every model takes `question` and `maxTokens`. What else it takes is named; what it does not take is refused with',
    '`unsupported_feature`, before anything is billed. JSON by a schema (`outputSchema`) is made by Bedrock itself (native)',
    'or by a tool that the model is made to call (tool).',
    '',
    ...table(
      [
        ...['alias', 'model id', 'takes', 'JSON by a schema', 'tokens of context', 'tokens of answer'],
        ...['lifecycle', 'read from'],
      ],
      rows.map(({ names, model }) => [
        names,
        `\`${model.modelId}\``,
        ...capabilitiesOf(model),
        count(model.contextTokens),
        count(model.maxOutputTokens),
        lifecycleOf(model),
        sourceOf(model),
      ]),
    ),
    '',
    'A legacy model answers until it ends, but only to accounts that have used it lately; `config check` and doctor warn once',
    'its day has come. One that has ended, here or in a definition of your own, is refused at synthesis. From Sonnet 5 on,',
    'Claude thinks before it answers, and `maxTokens` counts that: give it room.',
    '',
    '## What each costs',
    '',
    'USD per million tokens of input and output, on demand. **Estimates**, from copies of the AWS Price List of the day and',
    'for the Region that are named; the bill decides. Elsewhere prices differ, so there a limit in USD asks for `prices` in',
    'the config, which take the place of these everywhere. Of a model that is reached through a profile, the price is that',
    'of the profile of the geography.',
    '',
    ...table(
      ['alias', 'input / output', 'read for', 'on'],
      rows.map(({ names, model }) => [names, ...priceOf(model)]),
    ),
    '',
    '## Where each is offered',
    '',
    'A model is called on demand where the Region offers it, else through the inference profile of its geography; the data',
    'stays in the Region, or in what AWS counts to the geography',
    '([why](decisions/0005-in-region-before-an-inference-profile.md)). With `globalInference: true` in the config, a model',
    'that has neither there is called through a global profile: any commercial Region may then answer, and sees what is',
    'asked ([why it is not the default](decisions/0008-global-inference-is-opt-in.md)).',
    '',
    ...table(
      ['alias', 'on demand', 'through a profile', 'with `globalInference` also'],
      rows.map(({ names, model }) => [names, ...regionsOf(model)]),
    ),
    '',
    '## To add a model',
    '',
    '- **To one deployment**: write its definition into `models` of the config, in place of an alias. What a definition has',
    '  is in [model.ts](../packages/models/src/model.ts); an imported model is one whose `modelId` is its ARN. Of a model',
    '  that answers through a profile, such as `eu.amazon.nova-lite-v1:0`, `modelId` is what follows the prefix, and',
    '  `inferenceProfiles` has the prefix and the Regions.',
    '- **To the catalogue**: add it to its family in [packages/models/src/catalogue](../packages/models/src/catalogue),',
    '  with the Regions, capabilities and lifecycle of its model card, a price of the AWS Price List, and where and when they',
    '  were read. What is not known for certain stays out: a capability too many is an error of Bedrock, a price too low lets',
    '  a limit be passed. Then run the tests, with `UPDATE_DOCS=1` for this page.',
    '',
  ].join('\n');
  expectCommitted('docs/models.md', text);
});
