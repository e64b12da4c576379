import * as z from 'zod/mini';
import { textOf } from './template.ts';

// Schemas of values in a template, with which the allow list is written.

/** An object with these properties, and no others. */
export const only = z.strictObject;
export const { array, enum: oneOf, literal, optional } = z;
export const [flag, number, string] = [z.boolean(), z.number(), z.string()];
export const above0 = z.number().check(z.minimum(Number.MIN_VALUE));
export const json = <Schema extends z.ZodMiniType>(schema: Schema) => only({ 'application/json': schema });

// CloudFormation fills these in: from this stack's resources, and nothing from elsewhere.

export const ref = only({ Ref: string });
export const arn = only({ 'Fn::GetAtt': z.tuple([string, literal('Arn')]) });
const partOfArn = only({
  'Fn::Select': z.tuple([number, only({ 'Fn::Split': z.tuple([literal(':'), arn]) })]),
});
export const profileArn = only({ 'Fn::GetAtt': z.tuple([string, literal('InferenceProfileArn')]) });
const profileId = only({ 'Fn::GetAtt': z.tuple([string, literal('InferenceProfileId')]) });
export const domainName = only({ 'Fn::GetAtt': z.tuple([string, literal('RegionalDomainName')]) });
export const text = z.union([
  string,
  ref,
  arn,
  only({
    'Fn::Join': z.tuple([literal(''), array(z.union([string, ref, arn, partOfArn, profileId, domainName]))]),
  }),
]);
export const api = { RestApiId: ref };
export const tags = { Tags: array(only({ Key: string, Value: string })) };

/** A key of this stack, or the ARN of one. */
export const kmsKey = z.union([string, arn]);

/** Value of a text that a pattern matches, with references as `{name}`. */
export const textLike = (pattern: RegExp) => text.check(z.refine((value) => pattern.test(textOf(value))));
