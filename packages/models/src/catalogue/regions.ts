/** The Regions of models and inference profiles, as AWS's model cards and profile tables list them. */

/** For each Region that can call a profile, the Regions that may answer. */
export type ProfileSources = Readonly<Record<string, readonly string[]>>;

/** A call from any of these Regions may be answered in all of them. */
const among = (regions: readonly string[]): ProfileSources =>
  Object.fromEntries(regions.map((source) => [source, regions]));

/** A call from one of `sources` may be answered in `destinations` and in the source itself. */
const into = (destinations: readonly string[], sources: readonly string[]): ProfileSources =>
  Object.fromEntries(sources.map((source) => [source, [...new Set([...destinations, source])]]));

export const us = ['us-east-1', 'us-east-2', 'us-west-2'] as const;

const europe = ['eu-central-1', 'eu-north-1', 'eu-west-1', 'eu-west-3'];
const europeAndSouth = [...europe, 'eu-south-1', 'eu-south-2'];
const asiaPacific = [
  'ap-northeast-1',
  'ap-northeast-2',
  'ap-northeast-3',
  'ap-south-1',
  'ap-southeast-1',
  'ap-southeast-2',
];
const asiaPacificWide = [...asiaPacific, 'ap-south-2', 'ap-southeast-3', 'ap-southeast-4'];

export const usFromThree = into(us, us);
export const usFromFour = into(us, [...us, 'us-west-1']);
export const usAndCanada = into(us, [...us, 'us-west-1', 'ca-central-1', 'ca-west-1']);
export const canada = among(['ca-central-1', 'ca-west-1']);
export const govCloud = among(['us-gov-west-1', 'us-gov-east-1']);

export const europeOfNova: ProfileSources = {
  ...into(europe, europeAndSouth),
  'il-central-1': [...europe, 'eu-south-1', 'il-central-1'],
};
export const europeFromSix = among(europeAndSouth);
export const europeFromEight = into(europeAndSouth, [...europeAndSouth, 'eu-central-2', 'eu-west-2']);

export const asiaPacificOfNova: ProfileSources = {
  ...into(asiaPacific, [
    'ap-northeast-1',
    'ap-northeast-2',
    'ap-south-1',
    'ap-southeast-1',
    'ap-southeast-2',
  ]),
  ...into(asiaPacificWide, ['ap-southeast-3', 'ap-southeast-5', 'ap-southeast-7', 'me-central-1']),
  'ap-east-2': ['ap-east-2', ...asiaPacificWide],
};
export const asiaPacificOfNovaFromMelbourne: ProfileSources = {
  ...asiaPacificOfNova,
  'ap-southeast-4': [...asiaPacific, 'ap-south-2', 'ap-southeast-4'],
};
export const australia = among(['ap-southeast-2', 'ap-southeast-4']);
export const australiaAndNewZealand = into(
  ['ap-southeast-2', 'ap-southeast-4'],
  ['ap-southeast-2', 'ap-southeast-4', 'ap-southeast-6'],
);
export const india = among(['ap-south-1', 'ap-south-2']);
export const japan = among(['ap-northeast-1', 'ap-northeast-3']);
export const japanFromTokyo = into(['ap-northeast-1', 'ap-northeast-3'], ['ap-northeast-1']);

/**
 * Any commercial Region may answer a call through a global profile: the empty string, as in the ARN
 * `arn:aws:bedrock:::foundation-model/...`.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
 */
export const worldwideFrom = (sources: readonly string[]): ProfileSources =>
  Object.fromEntries(sources.map((source) => [source, [source, '']]));

const worldwideSources = [
  ...[...us, 'us-west-1', 'ca-central-1', 'ca-west-1'],
  ...[...europeAndSouth, 'eu-west-2', 'il-central-1', 'me-central-1'],
  ...['ap-east-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-south-1', 'ap-southeast-1', 'ap-southeast-2'],
  ...['ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7'],
];
export const worldwide = worldwideFrom(worldwideSources);

const moreWorldwideSources = [
  ...worldwideSources,
  ...['sa-east-1', 'mx-central-1', 'eu-central-2', 'me-south-1', 'af-south-1'],
  ...['ap-northeast-3', 'ap-south-2'],
];
export const worldwideFromMore = worldwideFrom(moreWorldwideSources);

/** The global profile, called from all its Regions except some. */
export const worldwideBut = (...missing: readonly string[]): ProfileSources =>
  worldwideFrom(moreWorldwideSources.filter((source) => !missing.includes(source)));

/**
 * The Regions in which open-weight models run on demand; some Regions of their cards offer them on another endpoint
 * only.
 */
export const openWeight = [
  ...us,
  ...['eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-west-1', 'eu-west-2'],
  ...['ap-northeast-1', 'ap-south-1', 'ap-southeast-2', 'ap-southeast-3', 'sa-east-1'],
];
