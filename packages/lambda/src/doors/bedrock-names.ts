import { createHash } from 'node:crypto';

const longest = 64;

/**
 * Bedrock's name for a tool: the same if it is valid, else one made from it, unique to it.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolSpecification.html
 */
export function toolNameOf(name: string): string {
  return fitted(name, /[^a-zA-Z0-9_-]/g);
}

/**
 * The same for the id of a call.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html
 */
export function toolIdOf(id: string): string {
  return fitted(id, /[^a-zA-Z0-9_.:-]/g);
}

function fitted(name: string, refused: RegExp): string {
  const cleaned = name.replaceAll(refused, '_');
  if (cleaned === name && name.length > 0 && name.length <= longest) return name;
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 16);
  return `${cleaned.slice(0, longest - mark.length - 1)}_${mark}`;
}
