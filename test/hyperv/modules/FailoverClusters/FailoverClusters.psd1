@{
    RootModule        = 'FailoverClusters.psm1'
    ModuleVersion     = '2.0.0.0'
    GUID              = '5a2b91a8-27a6-4d0f-8a53-0d8d5f0a7b02'
    Description       = 'Stands in for the FailoverClusters module.'
    CmdletsToExport   = @('Get-Cluster', 'Get-ClusterNode', 'Get-ClusterSharedVolume')
    FunctionsToExport = @()
    AliasesToExport   = @()
    VariablesToExport = @()
}
