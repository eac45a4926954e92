export { DURATION_PATTERN, LONGEST_DURATION_TEXT, parseDuration } from './duration.ts';
