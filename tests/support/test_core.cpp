#include "tests/support/test_core.h"
