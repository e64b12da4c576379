/**
 * The most tokens that a chat template adds before the first message. Published are those of gpt-oss, the longest with 67,
 * Llama, Qwen, DeepSeek, Kimi and Nemotron; not so those of Nova, Claude and GPT, which are known by what calls are billed.
 *
 * @see https://github.com/ggml-org/llama.cpp/tree/master/models/templates
 * @see https://cookbook.openai.com/articles/openai-harmony
 */
export const shortTemplate = 128;

/**
 * The same of Mistral's, whose templates have a system prompt of their own where a call has none: about 550 tokens.
 *
 * @see https://huggingface.co/mistralai/Ministral-3-8B-Instruct-2512
 */
export const templateWithPrompt = 1024;
