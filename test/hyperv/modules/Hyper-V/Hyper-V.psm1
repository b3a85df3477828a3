# The Hyper-V module of a pretended host. The cmdlets are classes in ../StandIn.
Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', 'StandIn', 'StandIn.psd1')) -Global
Import-Module ([CheckpointStandIn.TheHost].Assembly.Location)
# Microsoft docs: Get-VMCheckpoint is an alias of Get-VMSnapshot.
Set-Alias -Name Get-VMCheckpoint -Value Get-VMSnapshot
Export-ModuleMember -Cmdlet Get-VM, Get-VMSnapshot, Get-VMHardDiskDrive, Get-VMHost, Get-VHD, Get-VHDSet -Alias Get-VMCheckpoint
