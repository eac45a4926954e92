export { durationPattern, longestDurationText, parseDuration } from './duration.ts';
