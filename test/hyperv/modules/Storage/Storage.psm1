# The Storage module of a pretended host. The cmdlets are classes in ../StandIn.
Import-Module ([IO.Path]::Combine($PSScriptRoot, '..', 'StandIn', 'StandIn.psd1')) -Global
Import-Module ([CheckpointStandIn.TheHost].Assembly.Location)
Export-ModuleMember -Cmdlet Get-Volume
