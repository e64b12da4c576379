import { expect, test } from 'vitest';
import { catalogue } from './catalogue.ts';
import { locateModel } from './model-location.ts';

test('a model that the region offers on demand is called by its bare id, so that data stays there', () => {
  expect(locateModel(catalogue.titan, 'us-east-1')).toEqual({
    modelId: 'amazon.nova-micro-v1:0',
    regions: ['us-east-1'],
    through: 'model',
  });
});

test('a model that is offered only through a profile is never called by its bare id', () => {
  expect(locateModel(catalogue.llama, 'us-east-1')).toEqual({
    modelId: 'us.meta.llama4-maverick-17b-instruct-v1:0',
    regions: ['us-east-1', 'us-east-2', 'us-west-2'],
    through: 'inference-profile',
  });
});

test('a model that the region does not offer has no location', () => {
  expect(locateModel(catalogue.llama, 'eu-west-1')).toBeUndefined();
});

test('a global profile is used only if that is allowed and there is no profile of the geography', () => {
  const haiku = catalogue['claude-haiku-4.5'];
  expect(locateModel(haiku, 'sa-east-1')).toBeUndefined();
  expect(locateModel(haiku, 'sa-east-1', { globalInference: true })).toEqual({
    modelId: 'global.anthropic.claude-haiku-4-5-20251001-v1:0',
    regions: ['sa-east-1', ''],
    through: 'inference-profile',
  });
  expect(locateModel(haiku, 'eu-west-1', { globalInference: true })).toEqual(locateModel(haiku, 'eu-west-1'));
});

test('an imported model is called by its ARN', () => {
  const modelId = 'arn:aws:bedrock:us-east-1:111122223333:imported-model/abc123';
  expect(locateModel({ ...catalogue.llama, modelId }, 'us-east-1')).toEqual({
    modelId,
    regions: ['us-east-1'],
    through: 'imported-model',
  });
});
