#%Module1.0
# A module file for Environment Modules and Lmod. jobs/install.sh puts the folder and the version in.
set prefix @prefix@

module-whatis "lcft @version@: per-user fine-tuning of click-through-rate models, on MPI"
proc ModulesHelp {} {
  puts stderr "lcft @version@, per-user fine-tuning of click-through-rate models, on MPI."
  puts stderr "man lcft; documents, jobs and schemas are in \$LCFT_SHARE."
}

conflict lcft
prepend-path PATH $prefix/bin
# Without MANPATH, man finds the manual beside the program.
if {[info exists env(MANPATH)]} { prepend-path MANPATH $prefix/share/man }
# The program that the job scripts start, and where they are.
setenv LCFT $prefix/bin/lcft
setenv LCFT_SHARE $prefix/share/lcft
