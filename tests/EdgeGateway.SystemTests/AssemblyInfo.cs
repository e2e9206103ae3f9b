using Xunit.Sdk;
using Xunit.v3;

// Whole processes under load: one test at a time, or their times tell about the machine instead of the program.
[assembly: Parallelization(Mode = ParallelMode.None)]
