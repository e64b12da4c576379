/** A model card of AWS, as it stood on the day it was read. */
export const card = (name: string) => ({
  url: `https://docs.aws.amazon.com/bedrock/latest/userguide/model-card-${name}.html`,
  date: '2026-10-01',
});

/** On demand, standard tier: the AWS Price List, as it was published by others who read it. */
export const usEast1 = { regions: ['us-east-1'], date: '2026-09-22' };
