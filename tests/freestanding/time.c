/* time.c - the clock, and the calendar. The local time is UTC. */
#include "libc.h"
#include "linux.h"

enum { CLOCK_REALTIME = 0, CLOCK_PROCESS_CPUTIME_ID = 2 };

int clock_gettime(int which, struct timespec *out)
{
	return (int)answer(CALL(clock_gettime, which, out));
}

int gettimeofday(int64_t out[2], void *zone)
{
	(void)zone;
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	out[0] = now.tv_sec;
	out[1] = now.tv_nsec / 1000;
	return 0;
}

int64_t time(int64_t *out)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	if (out) *out = now.tv_sec;
	return now.tv_sec;
}

long clock(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

double difftime(int64_t end, int64_t begin) { return (double)(end - begin); }

/* Days from 1970-01-01 to a date; years begin in March here, so that the day that
 * comes and goes is a year's last. [month] 0 is January. */
static int64_t days_to(int64_t year, int month, int day)
{
	year -= month < 2;
	int64_t era = (year >= 0 ? year : year - 399) / 400;
	int64_t in_era = year - era * 400, from_march = (month + 10) % 12;
	int64_t in_year = (153 * from_march + 2) / 5 + day - 1;
	return era * 146097 + in_era * 365 + in_era / 4 - in_era / 100 + in_year -
	       719468;
}

struct tm *gmtime_r(const int64_t *when, struct tm *out)
{
	int64_t days = *when / 86400, rest = *when % 86400;
	if (rest < 0) rest += 86400, days--;
	int64_t from = days + 719468, era = (from >= 0 ? from : from - 146096) / 146097;
	int64_t in_era = from - era * 146097;
	int64_t year_in_era =
		(in_era - in_era / 1460 + in_era / 36524 - in_era / 146096) / 365;
	int64_t in_year =
		in_era - (365 * year_in_era + year_in_era / 4 - year_in_era / 100);
	int64_t from_march = (5 * in_year + 2) / 153;
	int64_t month = (from_march + 2) % 12;
	int64_t year = year_in_era + era * 400 + (month < 2);
	*out = (struct tm){
		.tm_sec = (int)(rest % 60),
		.tm_min = (int)(rest / 60 % 60),
		.tm_hour = (int)(rest / 3600),
		.tm_mday = (int)(in_year - (153 * from_march + 2) / 5 + 1),
		.tm_mon = (int)month,
		.tm_year = (int)(year - 1900),
		.tm_wday = (int)(((days + 4) % 7 + 7) % 7),
		.tm_yday = (int)(days - days_to(year, 0, 1)),
		.tm_zone = "UTC",
	};
	return out;
}

int64_t mktime(struct tm *tm)
{
	int64_t month = tm->tm_mon, year = tm->tm_year + INT64_C(1900) + month / 12;
	month %= 12;
	if (month < 0) month += 12, year--;
	int64_t days = days_to(year, (int)month, 1) + tm->tm_mday - 1;
	int64_t when = days * 86400 + tm->tm_hour * INT64_C(3600) +
		       tm->tm_min * INT64_C(60) + tm->tm_sec;
	gmtime_r(&when, tm);
	return when;
}

size_t strftime(char *to, size_t size, const char *format, const struct tm *tm)
{
	char text[40];
	size_t length = 0;
	for (; *format; format++) {
		int n = 1;
		text[0] = *format;
		if (*format == '%') {
			switch (*++format) {
			case 'Y':
				n = snprintf(
					text, sizeof text, "%d", tm->tm_year + 1900);
				break;
			case 'm':
				n = snprintf(text, sizeof text, "%02d", tm->tm_mon + 1);
				break;
			case 'd':
				n = snprintf(text, sizeof text, "%02d", tm->tm_mday);
				break;
			case 'H':
				n = snprintf(text, sizeof text, "%02d", tm->tm_hour);
				break;
			case 'M':
				n = snprintf(text, sizeof text, "%02d", tm->tm_min);
				break;
			case 'S':
				n = snprintf(text, sizeof text, "%02d", tm->tm_sec);
				break;
			case 'j':
				n = snprintf(
					text, sizeof text, "%03d", tm->tm_yday + 1);
				break;
			case '%':
				break;
			default:
				abort();
			}
		}
		if (length + (size_t)n >= size) return 0;
		memcpy(to + length, text, (size_t)n);
		length += (size_t)n;
	}
	to[length] = 0;
	return length;
}
